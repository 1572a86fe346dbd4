"""The languages in which people read messages: which one, and the texts. Contract: admin-api 1.7.

English is the source: the code writes English, and a catalogue holds what each text is called in
another language. Codes and keys are never translated.
"""

from migas_tornado.languages.negotiation import LANGUAGES, preferred_language
from migas_tornado.languages.translation import translate, translate_all

__all__ = ["LANGUAGES", "preferred_language", "translate", "translate_all"]

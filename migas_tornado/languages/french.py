"""What the server says when it refuses something, in French."""

MESSAGES: dict[str, str] = {
    # validation
    "This field is required.": "Ce champ est obligatoire.",
    "This field may not be null.": "Ce champ ne peut être nul.",
    "This field may not be blank.": "Ce champ ne peut être vide.",
    "Not a valid string.": "Ce n'est pas un texte valide.",
    "Null characters are not allowed.": "Les caractères nuls ne sont pas autorisés.",
    "Ensure this field has no more than {max} characters.": (
        "Assurez-vous que ce champ comporte au plus {max} caractères."
    ),
    "Ensure this value is greater than or equal to {least}.": (
        "Assurez-vous que cette valeur est supérieure ou égale à {least}."
    ),
    "Ensure this value is less than or equal to {most}.": (
        "Assurez-vous que cette valeur est inférieure ou égale à {most}."
    ),
    "A valid integer is required.": "Un nombre entier valide est requis.",
    "A valid number is required.": "Un nombre valide est requis.",
    "Must be a valid boolean.": "Doit être un booléen valide.",
    "Date has wrong format. Use one of these formats instead: {formats}.": (
        "La date n'a pas le bon format. Utilisez un des formats suivants : {formats}."
    ),
    "Datetime has wrong format. Use one of these formats instead: {formats}.": (
        "La date et l'heure n'ont pas le bon format. Utilisez un des formats suivants : {formats}."
    ),
    "Invalid data. Expected a dictionary.": "Données non valides. Un objet était attendu.",
    "Invalid data. Expected a dictionary, but got {kind}.": (
        "Données non valides. Un objet était attendu, mais {kind} a été reçu."
    ),
    'Expected a list of items but got type "{kind}".': (
        "Une liste était attendue, mais le type « {kind} » a été reçu."
    ),
    "Incorrect type. Expected pk value, received {kind}.": (
        "Type incorrect. Une clé était attendue, {kind} a été reçu."
    ),
    'Invalid pk "{key}" - object does not exist.': (
        "Clé « {key} » non valide : l'objet n'existe pas."
    ),
    '"{input}" is not a valid choice.': "« {input} » n'est pas un choix valide.",
    "{entity} with this {field} already exists.": "{entity} avec ce {field} existe déjà.",
    "The fields {names} must make a unique set.": (
        "Les champs {names} doivent former un ensemble unique."
    ),
    "A list of texts is expected.": "Une liste de textes est attendue.",
    "A text is expected.": "Un texte est attendu.",
    "A JSON object is expected.": "Un objet JSON est attendu.",
    "Enter a number.": "Saisissez un nombre.",
    "Enter a valid date.": "Saisissez une date valide.",
    "Enter a valid date/time.": "Saisissez une date et une heure valides.",
    "Enter a valid email address.": "Saisissez une adresse électronique valide.",
    "Enter a valid URL.": "Saisissez une URL valide.",
    "Enter a valid IPv4 or IPv6 address.": "Saisissez une adresse IPv4 ou IPv6 valide.",
    "Select a valid choice. {value} is not one of the available choices.": (
        "Sélectionnez un choix valide. {value} n'en fait pas partie."
    ),
    "Invalid value": "Valeur non valide",
    "Invalid page.": "Page non valide.",
    # requests
    "JSON parse error - {reason}": "Erreur de lecture du JSON - {reason}",
    "The form is not readable.": "Le formulaire est illisible.",
    "The form is not readable: {reason}": "Le formulaire est illisible : {reason}",
    "The form ends in the middle.": "Le formulaire est incomplet.",
    "A multipart/form-data body is expected.": "Un corps multipart/form-data est attendu.",
    "Only one file is taken at a time.": "Un seul fichier est accepté à la fois.",
    "A field has at most {count} bytes.": "Un champ comporte au plus {count} octets.",
    "A form has at most {count} fields.": "Un formulaire comporte au plus {count} champs.",
    "The body may have at most {count} bytes.": "Le corps peut comporter au plus {count} octets.",
    "The parameters of the URL are not UTF-8.": "Les paramètres de l'URL ne sont pas en UTF-8.",
    'Method "{method}" not allowed.': "Méthode « {method} » non autorisée.",
    "Method not allowed.": "Méthode non autorisée.",
    "Not found.": "Non trouvé.",
    "No {model} matches the given query.": "Aucun objet {model} ne correspond à la requête.",
    "This {title} cannot be deleted: {others} records depend on it.": (
        "Impossible de supprimer « {title} » : des enregistrements ({others}) en dépendent."
    ),
    "Request was throttled. Expected available in {seconds} seconds.": (
        "Requête ralentie. Disponible dans {seconds} secondes."
    ),
    "Request was throttled. Expected available in {seconds} second.": (
        "Requête ralentie. Disponible dans {seconds} seconde."
    ),
    "Request was throttled.": "Requête ralentie.",
    "The server failed; its log says why.": "Le serveur a échoué ; son journal dit pourquoi.",
    "The server cannot write files now; its log says why.": (
        "Le serveur ne peut pas écrire de fichiers actuellement ; son journal dit pourquoi."
    ),
    # accounts
    "Authentication credentials were not provided.": (
        "Informations d'authentification non fournies."
    ),
    "Invalid token.": "Jeton non valide.",
    "Token is invalid": "Le jeton n'est pas valide",
    "Token is expired": "Le jeton a expiré",
    "Token has wrong type": "Le jeton est d'un autre type",
    "Token is invalid or expired": "Le jeton n'est pas valide ou a expiré",
    "Given token not valid for any token type": "Le jeton n'est valide pour aucun type de jeton",
    "User not found": "Utilisateur non trouvé",
    "You do not have permission to perform this action.": (
        "Vous n'avez pas la permission d'effectuer cette action."
    ),
    "Unable to log in with provided credentials.": (
        "Impossible de se connecter avec les informations fournies."
    ),
    "No active account found with the given credentials": (
        "Aucun compte actif ne correspond à ces informations"
    ),
    'Must include "username" and "password".': "Doit inclure « username » et « password ».",
    "Successfully logged out.": "Déconnexion réussie.",
    "New password has been saved.": "Le nouveau mot de passe a été enregistré.",
    "Password reset e-mail has been sent.": (
        "Le courriel de réinitialisation du mot de passe a été envoyé."
    ),
    "Password has been reset with the new password.": "Le mot de passe a été réinitialisé.",
    "The two password fields didn't match.": "Les deux mots de passe ne correspondent pas.",
    "The password is too similar to the {name}.": "Le mot de passe ressemble trop à : {name}.",
    "This password is too short. It must contain at least {count} characters.": (
        "Ce mot de passe est trop court. Il doit contenir au moins {count} caractères."
    ),
    "This password is too common.": "Ce mot de passe est trop courant.",
    "This password is entirely numeric.": "Ce mot de passe est entièrement numérique.",
    # records and their rules
    "Project slug already exists": "Le slug du projet existe déjà",
    "The project {name} was called like this before, and its clients still use the name.": (
        "Le projet {name} portait ce nom auparavant, et ses clients l'utilisent encore."
    ),
    "The files of the project could not be moved: {reason}.": (
        "Les fichiers du projet n'ont pas pu être déplacés : {reason}."
    ),
    "Source and destination project must be different.": (
        "Les projets source et cible doivent être différents."
    ),
    "Target project not found": "Projet cible non trouvé",
    "The object is nested too deeply.": "L'objet a trop de niveaux.",
    "The submitted data was not a file.": "Les données envoyées ne sont pas un fichier.",
    "The submitted file is empty.": "Le fichier envoyé est vide.",
    "There must be an active superuser.": "Il faut un superutilisateur actif.",
    "This deployment does not belong to your domain.": (
        "Ce déploiement n'appartient pas à votre domaine."
    ),
    "This server has no image builder, so that nothing was done.": (
        "Ce serveur n'a pas de constructeur d'images : rien n'a été fait."
    ),
    "Templates are kept by the manager service, which this server has none of.": (
        "Les modèles sont gardés par le service de gestion, que ce serveur n'a pas."
    ),
    "Too many exports are running; try again later.": (
        "Trop d'exportations sont en cours ; réessayez plus tard."
    ),
    "Value must be valid JSON.": "La valeur doit être un JSON valide.",
    "A file may have at most {count} bytes.": "Un fichier peut comporter au plus {count} octets.",
    "File extension “{extension}” is not allowed. Allowed extensions are: {allowed}.": (
        "L'extension « {extension} » n'est pas autorisée. Extensions autorisées : {allowed}."
    ),
    "Packages of {pms} are of no use in a project of {target}.": (
        "Les paquets de {pms} sont inutiles dans un projet de {target}."
    ),
    "Status must have one of the values: {values}": "L'état doit être une des valeurs : {values}",
    "This platform cannot be deleted: {count} projects depend on it.": (
        "Impossible de supprimer la plateforme : {count} projets en dépendent."
    ),
    "This project cannot be {what}: {used} depend on it.": (
        "Le projet ne peut être modifié ni supprimé ({what}) : en dépendent : {used}."
    ),
    "This store cannot be deleted: {used} depend on it.": (
        "Impossible de supprimer le magasin : en dépendent : {used}."
    ),
    "It must be the domain that you are looking at.": "Ce doit être le domaine que vous consultez.",
    "Choose one of your domains.": "Choisissez un de vos domaines.",
    "There is a package with this name.": "Il y a un paquet de ce nom.",
    "A name needs a letter or digit of the Latin alphabet.": (
        "Un nom exige une lettre latine ou un chiffre."
    ),
    "A project's name needs a letter or digit of the Latin alphabet.": (
        "Le nom d'un projet exige une lettre latine ou un chiffre."
    ),
    "A name needs letters or digits.": "Un nom exige des lettres ou des chiffres.",
    "A project's name has no blanks.": "Le nom d'un projet n'a pas d'espaces.",
    "A name has at most {count} characters.": "Un nom comporte au plus {count} caractères.",
    "The project has a deployment of this name.": "Le projet a déjà un déploiement de ce nom.",
    "This name is too long when written in ASCII.": "Ce nom est trop long écrit en ASCII.",
    "An object of parameters is expected.": "Un objet de paramètres est attendu.",
    "Password fields didn't match.": "Les mots de passe ne correspondent pas.",
    "Minimum length is {count} characters": "La longueur minimale est de {count} caractères",
    "Maximum length is {count} characters": "La longueur maximale est de {count} caractères",
    "A set that is deployed stays in its project.": "Un ensemble déployé ne change pas de projet.",
    "A store with packages stays in its project.": (
        "Un magasin avec des paquets ne change pas de projet."
    ),
    "Is not allowed change project": "Il n'est pas permis de changer de projet",
    "A day of the years 1970 to 2999 is expected.": "Un jour des années 1970 à 2999 est attendu.",
    "The store must belong to the project.": "Le magasin doit appartenir au projet.",
    "A computer cannot replace itself.": "Un ordinateur ne peut se remplacer lui-même.",
    "A device cannot replace itself.": "Un périphérique ne peut se remplacer lui-même.",
    "Another computer has this uuid.": "Un autre ordinateur a cet uuid.",
    "There are attributes called {name} already.": "Il y a déjà des attributs appelés {name}.",
    "Control characters are not allowed.": "Les caractères de contrôle ne sont pas autorisés.",
    "A package of {pms} ends in {extensions}.": "Un paquet de {pms} se termine par {extensions}.",
    "The build type docker needs a Dockerfile.": "Le type docker exige un Dockerfile.",
    "The name is too much like {other}: both give the directory {slug}.": (
        "Le nom ressemble trop à {other} : les deux donnent le répertoire {slug}."
    ),
    "Another project's name differs only in letters that URLs drop.": (
        "Un autre projet ne diffère que par des lettres que les URL perdent."
    ),
    "The computer has to synchronize first.": "L'ordinateur doit d'abord se synchroniser.",
    "The Debian package {problem}.": "Le paquet Debian n'est pas valide : « {problem} ».",
    "Password changed!": "Mot de passe changé !",
    "Token updated!": "Jeton mis à jour !",
    "Operation received": "Opération reçue",
    "template_id is required": "template_id est obligatoire",
    "project_id is required": "project_id est obligatoire",
    # sockets
    "This path is for WebSockets.": "Ce chemin est réservé aux WebSockets.",
    "This address has too many connections open.": "Cette adresse a trop de connexions ouvertes.",
    "This account has too many connections open.": "Ce compte a trop de connexions ouvertes.",
    "Alerts need a login here: use /ws/stats/.": (
        "Ici, les alertes exigent une identification : utilisez /ws/stats/."
    ),
    "Following {topic} needs the permission to view it.": (
        "Suivre {topic} exige la permission de le voir."
    ),
    "The type is auth, subscribe or unsubscribe.": "Le type est auth, subscribe ou unsubscribe.",
    'A JSON object with a "type" is expected.': 'Un objet JSON avec un "type" est attendu.',
    "The topic is one of {names}.": "Le sujet est l'un de {names}.",
    "{topic} is subscribed to already.": "{topic} est déjà suivi.",
    "This connection belongs to another account.": "Cette connexion appartient à un autre compte.",
    "The database does not answer; please try again.": (
        "La base de données ne répond pas ; veuillez réessayer."
    ),
    # agents of protocol 4
    "No errors": "Aucune erreur",
    "Cannot register computer": "Impossible d'enregistrer l'ordinateur",
    "Method GET not allowed": "Méthode GET non autorisée",
    "Command not found": "Commande introuvable",
    "Invalid Signature": "Signature non valide",
    "Computer not found": "Ordinateur introuvable",
    "Project not found": "Projet introuvable",
    "User does not have permission": "L'utilisateur n'a pas la permission",
    "Unsubscribed computer": "Ordinateur désinscrit",
    "Generic error": "Erreur générique",
    "No message file was sent.": "Aucun fichier de message n'a été envoyé.",
    "No package was sent.": "Aucun paquet n'a été envoyé.",
    "Unknown tags: {tags}": "Étiquettes inconnues : {tags}",
    "This computer has a newer client, which has to be used.": (
        "Cet ordinateur a un client plus récent, qu'il faut utiliser."
    ),
    "Too many wrong passwords, please try again later.": (
        "Trop de mots de passe erronés ; réessayez plus tard."
    ),
}

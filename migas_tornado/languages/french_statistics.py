"""What statistics and their parts are called, in French."""

TITLES: dict[str, str] = {
    "Computers / Machine": "Ordinateurs / Machine",
    "Subscribed Computers / Status": "Ordinateurs inscrits / État",
    "Faults / Fault Definition": "Défaillances / Définition de défaillance",
    "Migrations / Project": "Migrations / Projet",
    "Status Logs / Status": "Journaux d'état / État",
    "Synchronizations / Project": "Synchronisations / Projet",
    "Deployments / Enabled": "Déploiements / Activé",
    "Deployments / Schedule": "Déploiements / Calendrier",
    "Enabled Deployments": "Déploiements activés",
    "Applications / Category": "Applications / Catégorie",
    "Applications / Level": "Applications / Niveau",
    "Devices / Connection": "Périphériques / Connexion",
    "Devices / Model": "Périphériques / Modèle",
    "Devices / Manufacturer": "Périphériques / Fabricant",
    "Models / Manufacturer": "Modèles / Fabricant",
    "Attributes / Formula": "Attributs / Formule",
    "Tags / Tag Category": "Étiquettes / Catégorie d'étiquette",
    "Packages / Store": "Paquets / Magasin",
    "Packages / Project": "Paquets / Projet",
    "Stores / Project": "Magasins / Projet",
    "Configurations / Build Type": "Configurations / Type de construction",
    "Builds / Status": "Constructions / État",
    "Flavours / Enabled": "Variantes / Activé",
}

PARTS: dict[str, str] = {
    "Subscribed": "Inscrit",
    "Without schedule": "Sans calendrier",
    "With schedule": "Avec calendrier",
    "Provided": "Fourni",
    "Checked": "Vérifié",
    "Unchecked": "Non vérifié",
    "Queued": "En file d'attente",
    "Running": "En cours",
    "Completed": "Terminé",
    "Mon": "lun",
    "Tue": "mar",
    "Wed": "mer",
    "Thu": "jeu",
    "Fri": "ven",
    "Sat": "sam",
    "Sun": "dim",
    # refusals
    "{year} is not a valid year": "{year} n'est pas une année valide",
    "The interval has more than {count} points.": "L'intervalle a plus de {count} points.",
    "{name}: a valid integer is required.": "{name} : un nombre entier valide est requis.",
    "{name}: a date such as 2026-12-31 is expected.": (
        "{name} : une date comme 2026-12-31 est attendue."
    ),
    "This deployment has not schedule": "Ce déploiement n'a pas de calendrier",
}

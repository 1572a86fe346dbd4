"""What statistics and their parts are called, in Spanish."""

TITLES: dict[str, str] = {
    "Computers / Machine": "Ordenadores / Máquina",
    "Subscribed Computers / Status": "Ordenadores suscritos / Estado",
    "Faults / Fault Definition": "Faltas / Definición de falta",
    "Migrations / Project": "Migraciones / Proyecto",
    "Status Logs / Status": "Registros de estado / Estado",
    "Synchronizations / Project": "Sincronizaciones / Proyecto",
    "Deployments / Enabled": "Despliegues / Habilitado",
    "Deployments / Schedule": "Despliegues / Calendario",
    "Enabled Deployments": "Despliegues habilitados",
    "Applications / Category": "Aplicaciones / Categoría",
    "Applications / Level": "Aplicaciones / Nivel",
    "Devices / Connection": "Dispositivos / Conexión",
    "Devices / Model": "Dispositivos / Modelo",
    "Devices / Manufacturer": "Dispositivos / Fabricante",
    "Models / Manufacturer": "Modelos / Fabricante",
    "Attributes / Formula": "Atributos / Fórmula",
    "Tags / Tag Category": "Etiquetas / Categoría de etiqueta",
    "Packages / Store": "Paquetes / Almacén",
    "Packages / Project": "Paquetes / Proyecto",
    "Stores / Project": "Almacenes / Proyecto",
    "Configurations / Build Type": "Configuraciones / Tipo de construcción",
    "Builds / Status": "Construcciones / Estado",
    "Flavours / Enabled": "Variantes / Habilitado",
}

PARTS: dict[str, str] = {
    "Subscribed": "Suscrito",
    "Without schedule": "Sin calendario",
    "With schedule": "Con calendario",
    "Provided": "Provisto",
    "Checked": "Comprobado",
    "Unchecked": "Sin comprobar",
    "Queued": "En cola",
    "Running": "En curso",
    "Completed": "Completado",
    "Mon": "Lun",
    "Tue": "Mar",
    "Wed": "Mié",
    "Thu": "Jue",
    "Fri": "Vie",
    "Sat": "Sáb",
    "Sun": "Dom",
    # refusals
    "{year} is not a valid year": "{year} no es un año válido",
    "The interval has more than {count} points.": "El intervalo tiene más de {count} puntos.",
    "{name}: a valid integer is required.": "{name}: introduzca un número entero válido.",
    "{name}: a date such as 2026-12-31 is expected.": (
        "{name}: se esperaba una fecha como 2026-12-31."
    ),
    "This deployment has not schedule": "Este despliegue no tiene calendario",
}

"""What the server says when it refuses something, in Spanish."""

MESSAGES: dict[str, str] = {
    # validation
    "This field is required.": "Este campo es obligatorio.",
    "This field may not be null.": "Este campo no puede ser nulo.",
    "This field may not be blank.": "Este campo no puede estar en blanco.",
    "Not a valid string.": "No es un texto válido.",
    "Null characters are not allowed.": "No se permiten caracteres nulos.",
    "Ensure this field has no more than {max} characters.": (
        "Asegúrese de que este campo no tenga más de {max} caracteres."
    ),
    "Ensure this value is greater than or equal to {least}.": (
        "Asegúrese de que este valor sea mayor o igual que {least}."
    ),
    "Ensure this value is less than or equal to {most}.": (
        "Asegúrese de que este valor sea menor o igual que {most}."
    ),
    "A valid integer is required.": "Introduzca un número entero válido.",
    "A valid number is required.": "Introduzca un número válido.",
    "Must be a valid boolean.": "Debe ser un booleano válido.",
    "Date has wrong format. Use one of these formats instead: {formats}.": (
        "La fecha tiene un formato erróneo. Use uno de los siguientes formatos: {formats}."
    ),
    "Datetime has wrong format. Use one of these formats instead: {formats}.": (
        "La fecha y hora tiene un formato erróneo. Use uno de los siguientes formatos: {formats}."
    ),
    "Invalid data. Expected a dictionary.": "Datos no válidos. Se esperaba un objeto.",
    "Invalid data. Expected a dictionary, but got {kind}.": (
        "Datos no válidos. Se esperaba un objeto y se recibió {kind}."
    ),
    'Expected a list of items but got type "{kind}".': (
        "Se esperaba una lista y se recibió el tipo «{kind}»."
    ),
    "Incorrect type. Expected pk value, received {kind}.": (
        "Tipo incorrecto. Se esperaba una clave y se recibió {kind}."
    ),
    'Invalid pk "{key}" - object does not exist.': "Clave «{key}» no válida: el objeto no existe.",
    '"{input}" is not a valid choice.': "«{input}» no es una elección válida.",
    "{entity} with this {field} already exists.": "Ya existe {entity} con este {field}.",
    "The fields {names} must make a unique set.": (
        "Los campos {names} deben formar un conjunto único."
    ),
    "A list of texts is expected.": "Se esperaba una lista de textos.",
    "A text is expected.": "Se esperaba un texto.",
    "A JSON object is expected.": "Se esperaba un objeto JSON.",
    "Enter a number.": "Introduzca un número.",
    "Enter a valid date.": "Introduzca una fecha válida.",
    "Enter a valid date/time.": "Introduzca una fecha y hora válidas.",
    "Enter a valid email address.": "Introduzca una dirección de correo válida.",
    "Enter a valid URL.": "Introduzca una URL válida.",
    "Enter a valid IPv4 or IPv6 address.": "Introduzca una dirección IPv4 o IPv6 válida.",
    "Select a valid choice. {value} is not one of the available choices.": (
        "Escoja una opción válida. {value} no es una de las disponibles."
    ),
    "Invalid value": "Valor no válido",
    "Invalid page.": "Página no válida.",
    # requests
    "JSON parse error - {reason}": "Error al leer el JSON - {reason}",
    "The form is not readable.": "El formulario no se puede leer.",
    "The form is not readable: {reason}": "El formulario no se puede leer: {reason}",
    "The form ends in the middle.": "El formulario está incompleto.",
    "A multipart/form-data body is expected.": "Se esperaba un cuerpo multipart/form-data.",
    "Only one file is taken at a time.": "Solo se admite un archivo a la vez.",
    "A field has at most {count} bytes.": "Un campo tiene como máximo {count} bytes.",
    "A form has at most {count} fields.": "Un formulario tiene como máximo {count} campos.",
    "The body may have at most {count} bytes.": "El cuerpo puede tener como máximo {count} bytes.",
    "The parameters of the URL are not UTF-8.": "Los parámetros de la URL no están en UTF-8.",
    'Method "{method}" not allowed.': "Método «{method}» no permitido.",
    "Method not allowed.": "Método no permitido.",
    "Not found.": "No encontrado.",
    "No {model} matches the given query.": "Ningún objeto {model} coincide con la consulta.",
    "This {title} cannot be deleted: {others} records depend on it.": (
        "No se puede borrar «{title}»: hay registros ({others}) que dependen de ello."
    ),
    "Request was throttled. Expected available in {seconds} seconds.": (
        "Solicitud limitada. Se espera que esté disponible en {seconds} segundos."
    ),
    "Request was throttled. Expected available in {seconds} second.": (
        "Solicitud limitada. Se espera que esté disponible en {seconds} segundo."
    ),
    "Request was throttled.": "Solicitud limitada.",
    "The server failed; its log says why.": "El servidor ha fallado; su registro dice por qué.",
    "The server cannot write files now; its log says why.": (
        "El servidor no puede escribir archivos ahora; su registro dice por qué."
    ),
    # accounts
    "Authentication credentials were not provided.": (
        "Las credenciales de autenticación no se proveyeron."
    ),
    "Invalid token.": "Token inválido.",
    "Token is invalid": "El token no es válido",
    "Token is expired": "El token ha caducado",
    "Token has wrong type": "El token es de otro tipo",
    "Token is invalid or expired": "El token no es válido o ha caducado",
    "Given token not valid for any token type": "El token no es válido para ningún tipo de token",
    "User not found": "Usuario no encontrado",
    "You do not have permission to perform this action.": (
        "Usted no tiene permiso para realizar esta acción."
    ),
    "Unable to log in with provided credentials.": (
        "No puede iniciar sesión con las credenciales proporcionadas."
    ),
    "No active account found with the given credentials": (
        "No se encontró una cuenta activa con esas credenciales"
    ),
    'Must include "username" and "password".': "Debe incluir «username» y «password».",
    "Successfully logged out.": "Sesión cerrada correctamente.",
    "New password has been saved.": "La nueva contraseña se ha guardado.",
    "Password reset e-mail has been sent.": (
        "Se ha enviado el correo para restablecer la contraseña."
    ),
    "Password has been reset with the new password.": (
        "La contraseña se ha restablecido con la nueva."
    ),
    "The two password fields didn't match.": "Las dos contraseñas no coinciden.",
    "The password is too similar to the {name}.": "La contraseña se parece demasiado a: {name}.",
    "This password is too short. It must contain at least {count} characters.": (
        "La contraseña es demasiado corta. Debe contener al menos {count} caracteres."
    ),
    "This password is too common.": "Esta contraseña es demasiado común.",
    "This password is entirely numeric.": "Esta contraseña es completamente numérica.",
    # records and their rules
    "Project slug already exists": "El slug del proyecto ya existe",
    "The project {name} was called like this before, and its clients still use the name.": (
        "El proyecto {name} se llamaba así antes, y sus clientes aún usan ese nombre."
    ),
    "The files of the project could not be moved: {reason}.": (
        "No se pudieron mover los archivos del proyecto: {reason}."
    ),
    "Source and destination project must be different.": (
        "Los proyectos de origen y destino deben ser distintos."
    ),
    "Target project not found": "Proyecto de destino no encontrado",
    "The object is nested too deeply.": "El objeto tiene demasiados niveles.",
    "The submitted data was not a file.": "La información enviada no es un archivo.",
    "The submitted file is empty.": "El archivo enviado está vacío.",
    "There must be an active superuser.": "Debe haber un superusuario activo.",
    "This deployment does not belong to your domain.": "Este despliegue no pertenece a su dominio.",
    "This server has no image builder, so that nothing was done.": (
        "Este servidor no tiene constructor de imágenes: no se ha hecho nada."
    ),
    "Templates are kept by the manager service, which this server has none of.": (
        "Las plantillas las guarda el servicio de gestión, que este servidor no tiene."
    ),
    "Too many exports are running; try again later.": (
        "Hay demasiadas exportaciones en curso; inténtelo más tarde."
    ),
    "Value must be valid JSON.": "El valor debe ser JSON válido.",
    "A file may have at most {count} bytes.": "Un archivo puede tener como máximo {count} bytes.",
    "File extension “{extension}” is not allowed. Allowed extensions are: {allowed}.": (
        "La extensión «{extension}» no está permitida. Extensiones permitidas: {allowed}."
    ),
    "Packages of {pms} are of no use in a project of {target}.": (
        "Los paquetes de {pms} no sirven en un proyecto de {target}."
    ),
    "Status must have one of the values: {values}": (
        "El estado debe ser uno de los valores: {values}"
    ),
    "This platform cannot be deleted: {count} projects depend on it.": (
        "No se puede borrar la plataforma: {count} proyectos dependen de ella."
    ),
    "This project cannot be {what}: {used} depend on it.": (
        "El proyecto no se puede cambiar ni borrar ({what}): dependen de él: {used}."
    ),
    "This store cannot be deleted: {used} depend on it.": (
        "No se puede borrar el almacén: dependen de él: {used}."
    ),
    "It must be the domain that you are looking at.": "Debe ser el dominio que está consultando.",
    "Choose one of your domains.": "Elija uno de sus dominios.",
    "There is a package with this name.": "Hay un paquete con este nombre.",
    "A name needs a letter or digit of the Latin alphabet.": (
        "Un nombre necesita una letra latina o una cifra."
    ),
    "A project's name needs a letter or digit of the Latin alphabet.": (
        "El nombre de un proyecto necesita una letra latina o una cifra."
    ),
    "A name needs letters or digits.": "Un nombre necesita letras o cifras.",
    "A project's name has no blanks.": "El nombre de un proyecto no tiene espacios.",
    "A name has at most {count} characters.": "Un nombre tiene como máximo {count} caracteres.",
    "The project has a deployment of this name.": (
        "El proyecto ya tiene un despliegue con este nombre."
    ),
    "This name is too long when written in ASCII.": (
        "El nombre es demasiado largo escrito en ASCII."
    ),
    "An object of parameters is expected.": "Se esperaba un objeto con parámetros.",
    "Password fields didn't match.": "Las contraseñas no coinciden.",
    "Minimum length is {count} characters": "La longitud mínima es de {count} caracteres",
    "Maximum length is {count} characters": "La longitud máxima es de {count} caracteres",
    "A set that is deployed stays in its project.": "Un conjunto desplegado no cambia de proyecto.",
    "A store with packages stays in its project.": "Un almacén con paquetes no cambia de proyecto.",
    "Is not allowed change project": "No se permite cambiar el proyecto",
    "A day of the years 1970 to 2999 is expected.": "Se esperaba un día de los años 1970 a 2999.",
    "The store must belong to the project.": "El almacén debe pertenecer al proyecto.",
    "A computer cannot replace itself.": "Un ordenador no puede reemplazarse a sí mismo.",
    "A device cannot replace itself.": "Un dispositivo no puede reemplazarse a sí mismo.",
    "Another computer has this uuid.": "Otro ordenador tiene este uuid.",
    "There are attributes called {name} already.": "Ya hay atributos llamados {name}.",
    "Control characters are not allowed.": "No se permiten caracteres de control.",
    "A package of {pms} ends in {extensions}.": "Un paquete de {pms} termina en {extensions}.",
    "The build type docker needs a Dockerfile.": "El tipo docker necesita un Dockerfile.",
    "The name is too much like {other}: both give the directory {slug}.": (
        "El nombre se parece demasiado a {other}: ambos dan el directorio {slug}."
    ),
    "Another project's name differs only in letters that URLs drop.": (
        "Otro proyecto solo se distingue en letras que las URL pierden."
    ),
    "The computer has to synchronize first.": "El ordenador tiene que sincronizar antes.",
    "The Debian package {problem}.": "El paquete Debian no es válido: «{problem}».",
    "Password changed!": "¡Contraseña cambiada!",
    "Token updated!": "¡Token actualizado!",
    "Operation received": "Operación recibida",
    "template_id is required": "template_id es obligatorio",
    "project_id is required": "project_id es obligatorio",
    # sockets
    "This path is for WebSockets.": "Esta ruta es para WebSockets.",
    "This address has too many connections open.": (
        "Esta dirección tiene demasiadas conexiones abiertas."
    ),
    "This account has too many connections open.": (
        "Esta cuenta tiene demasiadas conexiones abiertas."
    ),
    "Alerts need a login here: use /ws/stats/.": (
        "Aquí las alertas requieren identificarse: use /ws/stats/."
    ),
    "Following {topic} needs the permission to view it.": (
        "Para seguir {topic} hace falta permiso para verlo."
    ),
    "The type is auth, subscribe or unsubscribe.": "El tipo es auth, subscribe o unsubscribe.",
    'A JSON object with a "type" is expected.': 'Se esperaba un objeto JSON con un "type".',
    "The topic is one of {names}.": "El tema es uno de {names}.",
    "{topic} is subscribed to already.": "Ya está suscrito a {topic}.",
    "This connection belongs to another account.": "Esta conexión es de otra cuenta.",
    "The database does not answer; please try again.": (
        "La base de datos no responde; inténtelo de nuevo."
    ),
    # agents of protocol 4
    "No errors": "Sin errores",
    "Cannot register computer": "No se puede registrar el ordenador",
    "Method GET not allowed": "Método GET no permitido",
    "Command not found": "Comando no encontrado",
    "Invalid Signature": "Firma no válida",
    "Computer not found": "Ordenador no encontrado",
    "Project not found": "Proyecto no encontrado",
    "User does not have permission": "El usuario no tiene permiso",
    "Unsubscribed computer": "Ordenador dado de baja",
    "Generic error": "Error genérico",
    "No message file was sent.": "No se envió ningún fichero de mensaje.",
    "No package was sent.": "No se envió ningún paquete.",
    "Unknown tags: {tags}": "Etiquetas desconocidas: {tags}",
    "This computer has a newer client, which has to be used.": (
        "Este ordenador tiene un cliente más nuevo, que debe usarse."
    ),
    "Too many wrong passwords, please try again later.": (
        "Demasiadas contraseñas erróneas; inténtelo más tarde."
    ),
}

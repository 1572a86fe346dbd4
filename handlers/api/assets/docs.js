// Shows the server's own document; nothing is fetched from elsewhere.
window.ui = SwaggerUIBundle({
  url: "/api/schema/?format=json",
  dom_id: "#document",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  persistAuthorization: false,
  validatorUrl: null,
  displayRequestDuration: true,
});

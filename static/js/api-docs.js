// The page that shows the API's description; tried calls carry the session and its CSRF token.
const place = document.getElementById("api-docs");
const csrf = () => document.cookie.match(/csrf[^=]*=([^;]+)/)?.[1] ?? "";

globalThis.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  requestInterceptor: (request) => {
    request.headers["X-CSRFToken"] = csrf();
    return request;
  },
});

// The description of the API, shown by Swagger UI. What is tried out goes with the session and its token.
"use strict";
const place = document.getElementById("api");
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  requestInterceptor: (request) => {
    request.headers["X-CSRFToken"] = place.dataset.csrf;
    request.headers["Accept-Language"] = document.documentElement.lang; // not the browser's
    return request;
  },
});

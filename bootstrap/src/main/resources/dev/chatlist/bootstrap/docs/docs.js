const docs = SwaggerUIBundle({
  url: "openapi.yaml",
  dom_id: "#docs",
  // By default it asks a server on the internet whether the file is valid.
  validatorUrl: null,
  onComplete() {
    // The demo's page passes the token of its user, in the part of the address that browsers don't send.
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    if (token) {
      docs.preauthorizeApiKey("bearer", token);
    }
  },
});

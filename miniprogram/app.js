const api = require('./services/api');

App({
  onLaunch() {
    // Whoever opens a page next waits for this same sign-in.
    api.session().catch(() => {});
  },
});

// Where the server is. On a phone it must be https and listed as a request domain in the mini-program's console.
module.exports = {
  server: 'https://liaodan.example.com',
  timeout: 15000,
};

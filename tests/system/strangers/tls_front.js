// A TLS front door made of Node's own TLS: decrypts, and hands the bytes to a plain server behind it.
// tls_front.js CERTIFICATE KEY PORT_BEHIND; prints the port it listens on.
const fs = require('fs'), net = require('net'), tls = require('tls');
const [certificate, key, behind] = process.argv.slice(2);
const server = tls.createServer({cert: fs.readFileSync(certificate), key: fs.readFileSync(key)}, (outside) => {
  const inside = net.connect(Number(behind), '127.0.0.1');
  outside.pipe(inside).pipe(outside);
  for (const [one, other] of [[outside, inside], [inside, outside]]) one.on('error', () => other.destroy());
});
server.on('tlsClientError', () => {});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

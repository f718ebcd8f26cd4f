// npm's ws as a chat room: what a sender says goes to every listener. Usage: node npm_ws.js PORT
'use strict';
const { WebSocketServer } = require('ws');

const listeners = new Set();
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), perMessageDeflate: false, backlog: 4096 });
server.on('connection', (socket) => {
  socket.on('close', () => listeners.delete(socket));
  socket.once('message', (role) => {
    if (role.toString() === 'listen') return listeners.add(socket);
    socket.on('message', (data) => {
      for (const listener of listeners) listener.send(data, { binary: false });
    });
  });
});

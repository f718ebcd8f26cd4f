// A small chat server on npm's ws, written without a look at our code: rooms come to be when somebody joins them.
// Usage: node chat_server.js [acks] [sequence] [echo] [arrays] [create] [cut=N] [lose=N] [repeat=N] [swap=N]
//   acks      a send is answered with the sender's own reference
//   sequence  every room counts its messages from 1, tells the count to whoever joins, and pages its history
//   echo      the sender gets its message like everybody else
//   arrays    the same in another shape: ["event", {...}] with nested objects
//   cut=N     after the N-th message every second connection is dropped, as a gateway that dies
//   create    rooms are made on request, and named by the server
//   lose=N    planted: the N-th message of all misses its last receiver
//   repeat=N  planted: the N-th message reaches its first receiver twice
//   swap=N    planted: the N-th message reaches its first receiver after the one behind it in the same room
'use strict';
const { WebSocketServer } = require('ws');

const words = process.argv.slice(2);
const has = (word) => words.includes(word);
const planted = (word) => Number((words.find((w) => w.startsWith(word + '=')) || '=0').split('=')[1]);
const [lose, repeat, swap, cut] = ['lose', 'repeat', 'swap', 'cut'].map(planted);
const rooms = new Map();
let messages = 0;

function room(name) {
  if (!rooms.has(name)) rooms.set(name, { members: new Set(), log: [], held: null });
  return rooms.get(name);
}

// Two dialects for the same events.
const flat = {
  read: (o) => ({ event: o.type, ...o }),
  hello: (user) => ({ type: 'welcome', you: user }),
  joined: (r, head) => ({ type: 'joined', room: r, head }),
  message: (m) => ({ type: 'message', ...m }),
  ack: (ref, r, seq) => ({ type: 'ok', ref, room: r, seq }),
  page: (request, r, items, head) => ({ type: 'page', request, room: r, items, head }),
};
const nested = {
  read: ([event, o]) => ({ event, ...(o.payload || {}), ...o, ...(o.meta || {}) }),
  hello: (user) => ['ready', { session: { user } }],
  joined: (r, head) => ['joined', { meta: { room: r, head } }],
  message: (m) => ['said', { meta: { room: m.room, seq: m.seq, author: { name: m.from } }, content: [{ kind: 'text', value: m.text }] }],
  ack: (ref, r, seq) => ['done', { meta: { ref, room: r, seq: String(seq) } }],
  page: (request, r, items, head) => ['page', { meta: { request, room: r, head }, content: items }],
};
const shape = has('arrays') ? nested : flat;

function deliver(r, socket, message) {
  socket.send(JSON.stringify(shape.message(message)));
}

function said(socket, { room: name, text, ref }) {
  const r = room(name);
  const message = { room: name, from: socket.user, text };
  messages += 1;
  if (has('sequence')) message.seq = r.log.push(message);
  const receivers = [...r.members].filter((member) => has('echo') || member !== socket);
  if (messages === lose) receivers.pop();
  const held = r.held;
  r.held = null;
  for (const receiver of receivers) deliver(r, receiver, message);
  if (held) deliver(r, held.receiver, held.message);
  if (messages === repeat) deliver(r, receivers[0], message);
  if (has('acks')) socket.send(JSON.stringify(shape.ack(ref, name, message.seq)));
  if (messages === cut) [...server.clients].filter((_, i) => i % 2).forEach((client) => client.terminate());
}

// The planted swap takes the first two messages in a row by one sender, from the N-th on.
let swapping = swap > 0 ? { from: swap } : null;
function maybeSwapped(socket, words_) {
  const r = room(words_.room);
  if (swapping && messages + 1 >= swapping.from && !r.held && !swapping.chosen) {
    swapping.chosen = { socket, room: words_.room };
    const receiver = [...r.members].find((member) => member !== socket);
    r.members.delete(receiver);
    said(socket, words_);
    r.members.add(receiver);
    swapping.late = { receiver, message: { room: words_.room, from: socket.user, text: words_.text, seq: r.log.length || undefined } };
    return;
  }
  said(socket, words_);
  if (swapping && swapping.chosen && swapping.chosen.socket === socket && swapping.chosen.room === words_.room) {
    deliver(r, swapping.late.receiver, swapping.late.message);
    swapping = null;
  }
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('listening', () => console.log(server.address().port));
server.on('connection', (socket) => {
  socket.on('close', () => rooms.forEach((r) => r.members.delete(socket)));
  socket.on('message', (bytes) => {
    const o = shape.read(JSON.parse(bytes.toString()));
    if (o.event === 'hello') {
      socket.user = o.user;
      socket.send(JSON.stringify(shape.hello(o.user)));
    } else if (o.event === 'join') {
      const r = room(o.room);
      for (const old of r.log.slice(o.after === undefined ? r.log.length : o.after)) deliver(r, socket, old);
      r.members.add(socket);
      socket.send(JSON.stringify(shape.joined(o.room, r.log.length)));
    } else if (o.event === 'create' && has('create')) {
      const name = o.request + '-' + Math.random().toString(36).slice(2);
      socket.send(JSON.stringify({ type: 'created', request: o.request, room: name }));
    } else if (o.event === 'say') {
      maybeSwapped(socket, o);
    } else if (o.event === 'history') {
      const r = room(o.room);
      socket.send(JSON.stringify(shape.page(o.request, o.room, r.log.slice(o.after, o.after + o.limit), r.log.length)));
    }
  });
});

// The app behind the benchmarks: answers at once, slowly, with an echo, or over a WebSocket. Node's own modules only.
//
// Environment: PORT, VERSION (part of every answer), START_MS (how long it takes to listen), HOST (default 127.0.0.1).
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const version = process.env.VERSION ?? "0";
const hello = `ok ${version} ${process.pid}\n`;

function answer(response, status, body, type = "text/plain") {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://app");
  if (url.pathname === "/slow") {
    const seconds = Number(url.searchParams.get("s") ?? "1");
    return void setTimeout(() => answer(response, 200, hello), seconds * 1000);
  }
  if (url.pathname === "/echo") {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    return void request.on("end", () => answer(response, 200, Buffer.concat(parts), "application/octet-stream"));
  }
  answer(response, 200, hello);
});
// Longer than any run: the one who keeps connections open decides when they end, never this app's idle timer.
server.keepAliveTimeout = 0;
server.requestTimeout = 0;

const sockets = new Set();

function frame(opcode, payload) {
  const head = payload.length < 126 ? Buffer.from([0x80 | opcode, payload.length])
    : Buffer.from([0x80 | opcode, 126, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, payload]);
}

// Enough of RFC 6455 for one client that sends short masked frames: echo of text, answer to close.
server.on("upgrade", (request, socket) => {
  const key = createHash("sha1").update(request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Accept: ${key.digest("base64")}\r\n\r\n`);
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  socket.on("error", () => socket.destroy());
  socket.on("end", () => socket.end()); // Node keeps the other half open otherwise
  let pending = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= 6 && pending.length >= 6 + (pending[1] & 127)) {
      const length = pending[1] & 127;
      const mask = pending.subarray(2, 6);
      const payload = Buffer.from(pending.subarray(6, 6 + length).map((byte, at) => byte ^ mask[at & 3]));
      const opcode = pending[0] & 15;
      pending = pending.subarray(6 + length);
      socket.write(frame(opcode, opcode === 1 ? Buffer.from(`${version} ${payload}`) : payload));
      if (opcode === 8) socket.end();
    }
  });
});

setTimeout(() => server.listen(Number(process.env.PORT), process.env.HOST ?? "127.0.0.1"), Number(process.env.START_MS ?? "0"));

process.on("SIGTERM", () => {
  for (const socket of sockets) socket.end(frame(8, Buffer.from([0x03, 0xe9]))); // 1001: going away
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

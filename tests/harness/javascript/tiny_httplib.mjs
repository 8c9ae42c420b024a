// The beginning of an httplib in JavaScript: GET, and replies with a Content-Length.
import { once } from "node:events";
import net from "node:net";

export const HTTP_PORT = 80;

export class HTTPException extends Error {}
export class BadStatusLine extends HTTPException {
  constructor(line) {
    super(line);
    this.args = [line];
    this.line = line;
  }
}

class HTTPResponse {
  constructor(head, body) {
    const [line, ...fields] = head.split("\r\n");
    const [whole, version, status, reason] = /^HTTP\/1\.(\d) (\d{3}) ?(.*)/.exec(line) ?? [];
    if (!whole) throw new BadStatusLine(line);
    Object.assign(this, { version: 10 + Number(version), status: Number(status), reason, body });
    this.fields = fields.map((each) => /^([^:]*):\s*(.*)/.exec(each).slice(1));
  }
  getheader(name) {
    return this.fields.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1] ?? null;
  }
  getheaders() {
    return this.fields.map(([name, value]) => Object.freeze([name.toLowerCase(), value]));
  }
  read() {
    const body = this.body;
    this.body = body.subarray(body.length);
    return body;
  }
}

export class HTTPConnection {
  constructor(host, port = HTTP_PORT) {
    Object.assign(this, { host, port });
  }
  set_debuglevel(level) {
    console.log(`level ${level} \u20ac`);
  }
  async request(method, url) {
    this.socket = net.connect(this.port, this.host);
    await once(this.socket, "connect");
    const fields = `Host: ${this.host}:${this.port}\r\nAccept-Encoding: identity\r\n`;
    this.socket.write(`${method} ${url} HTTP/1.1\r\n${fields}\r\n`);
  }
  async getresponse() {
    let got = Buffer.alloc(0);
    for await (const piece of this.socket.iterator({ destroyOnReturn: false })) {
      got = Buffer.concat([got, piece]);
      const start = got.indexOf("\r\n\r\n") + 4, head = got.toString("latin1", 0, start - 4);
      const end = start + Number(/\ncontent-length:\s*(\d+)/i.exec(head)?.[1] ?? 0);
      if (start >= 4 && got.length >= end) return new HTTPResponse(head, got.subarray(start, end));
    }
    throw new BadStatusLine(got.toString("latin1"));
  }
  close() {
    this.socket?.destroy();
  }
}

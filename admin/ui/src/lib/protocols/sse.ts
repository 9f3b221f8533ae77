/**
 * Server-sent events out of chunks that may be cut anywhere, inside a character too.
 *
 * https://html.spec.whatwg.org/multipage/server-sent-events.html; `id` and `retry` are read over.
 */

export interface Frame {
  event: string;
  data: string;
}

export class SseDecoder {
  private readonly utf8 = new TextDecoder();
  private line = "";
  private event = "";
  private data: string[] = [];
  private afterReturn = false;

  /** The events that are complete with this chunk. */
  feed(chunk: Uint8Array): Frame[] {
    return this.read(this.utf8.decode(chunk, { stream: true }));
  }

  /** What is left when the stream has ended: an event that no empty line closed. */
  flush(): Frame[] {
    const frames = this.read(this.utf8.decode());
    if (this.line !== "") this.field(this.line);
    this.line = "";
    this.close(frames);
    return frames;
  }

  private read(text: string): Frame[] {
    const frames: Frame[] = [];
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (char !== 10 && char !== 13) {
        this.afterReturn = false;
        continue;
      }
      if (char === 10 && this.afterReturn) {
        this.afterReturn = false;
        start = at + 1;
        continue;
      }
      this.afterReturn = char === 13;
      const line = this.line + text.slice(start, at);
      this.line = "";
      start = at + 1;
      if (line === "") this.close(frames);
      else this.field(line);
    }
    this.line += text.slice(start);
    return frames;
  }

  private field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (name === "data") this.data.push(value);
    else if (name === "event") this.event = value;
  }

  private close(frames: Frame[]): void {
    if (this.data.length > 0) frames.push({ event: this.event, data: this.data.join("\n") });
    this.data = [];
    this.event = "";
  }
}

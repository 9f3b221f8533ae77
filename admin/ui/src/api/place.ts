/** Where things are. The server names the path of the console in <base>; everything else is relative to it. */

export const CONSOLE = new URL("./", document.baseURI);

/** The gateway's own address without a slash at its end: the API is at `/api/v1` below it, the relay at `/v1`. */
export const GATEWAY = new URL("../", CONSOLE).href.replace(/\/$/, "");

/** The router's basename. */
export const BASENAME = CONSOLE.pathname.replace(/\/$/, "");

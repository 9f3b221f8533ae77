/** Pictures that a user gives: read, made smaller where a model would refuse them, refused with a reason otherwise. */
import type { ImageBlock } from "~/lib/protocols";

export const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
/** The smallest of the vendors' limits: 5 MB of base64 for one picture (Anthropic, docs.claude.com, vision, 2026-11). */
const MAX_BYTES = 3_700_000;
const MAX_SIDE = 2048;
export const MAX_PICTURES = 10;

export type Refusal = "type" | "size" | "count" | "unreadable";

export async function readPicture(file: File): Promise<ImageBlock | Refusal> {
  if (!TYPES.includes(file.type)) return "type";
  if (file.size <= MAX_BYTES) return { type: "image", mediaType: file.type, data: await base64(file) };
  if (file.type === "image/gif") return "size";
  try {
    const smaller = await shrunk(file);
    return smaller.size > MAX_BYTES ? "size" : { type: "image", mediaType: smaller.type, data: await base64(smaller) };
  } catch {
    return "unreadable";
  }
}

async function shrunk(file: File): Promise<Blob> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.88 });
}

function base64(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

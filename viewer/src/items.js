import { decode } from './decode.js';
import { ModelError } from './reader.js';

// The page has the list of its models as JSON: [{name, model, targets}]. A model is the URL of a file, or the id of an element whose
// text has the file in it. targets are the URLs of the pictures that the model was trained on, one for each plane that can be shown.
// The URL of a script with an anchor stands for the file of that name in the script.

/** The models of this page. */
export function itemsOfPage() {
  const list = document.getElementById('items');
  return list ? JSON.parse(list.textContent) : [];
}

/** Reads and decodes the model of an item, once. */
export async function modelOf(item) {
  item.decoded ??= decode(item.bytes ?? inside(item.model) ?? (await fetched(item.model)));
  return item.decoded;
}

/** Reads the picture that a plane of an item is compared with, once. It is null when there is none. */
export async function targetOf(item, plane) {
  item.bitmaps ??= [];
  const url = item.targets?.[plane];
  if (!item.bitmaps[plane] && url) item.bitmaps[plane] = await bitmapOf(new Blob([await fetched(url)]));
  return item.bitmaps[plane] ?? null;
}

/** Takes a file of the user: a model becomes an item; a picture becomes the target of a plane of an item. */
export async function opened(file, current, plane) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (!file.type.startsWith('image/')) return { name: file.name.replace(/\.igsm$/, ''), bytes, decoded: decode(bytes) };
  if (!current) throw new ModelError('Open a model first, then the picture to compare it with.');
  const bitmap = await bitmapOf(file);
  (current.bitmaps ??= [])[plane] = bitmap;
  return null;
}

async function bitmapOf(blob) {
  try {
    return await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'premultiply' });
  } catch {
    throw new ModelError('This browser cannot read that picture: a PNG or a JPEG works.');
  }
}

async function fetched(url) {
  const [script, name] = url.split('#');
  if (name) return scripted(script, name);
  let answer;
  try {
    answer = await fetch(url);
  } catch {
    throw new ModelError('igs view has ended: start it again.');
  }
  if (!answer.ok) throw new ModelError(`igs view cannot read this file: ${(await answer.text()).trim()}.`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Reads a file from a script, which sets igsFiles[name] to its bytes in base64. A page from a disk may load scripts, but no other files. */
async function scripted(script, name) {
  if (!globalThis.igsFiles?.[name]) {
    await new Promise((done, failed) => {
      const element = Object.assign(document.createElement('script'), { src: script, onload: done });
      element.onerror = () => failed(new ModelError(`The file ${script} is missing: igs report makes it again.`));
      document.head.append(element);
    });
  }
  return Uint8Array.from(atob(globalThis.igsFiles[name]), (c) => c.charCodeAt(0));
}

/**
 * The bytes in the text of an element: 7 bits a character. Characters that HTML would change are written 128 higher. The first
 * character has the highest bits.
 */
function inside(id) {
  const text = document.getElementById(id)?.textContent;
  if (text === undefined) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 7) / 8));
  let bits = 0, held = 0;
  for (let i = 0, at = 0; i < text.length; i++) {
    held = (held << 7) | (text.charCodeAt(i) & 127);
    bits += 7;
    if (bits >= 8) bytes[at++] = held >> (bits -= 8);
    held &= 255;
  }
  return bytes;
}

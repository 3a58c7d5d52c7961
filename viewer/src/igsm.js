export { decode } from './decode.js';
export { ModelError } from './reader.js';
export { draw, drawn, planes, DrawError } from './draw.js';

/** A model of igs: 2D Gaussians (splats) that make a picture, or a stack of pictures. */
export interface Model {
  /** Size of the picture of the training, px. */
  width: number;
  height: number;
  /** Number of splats. */
  count: number;
  /** How many splats count at a pixel. */
  topK: number;
  /** A sample as it is shown is the channel, clamped to 0…1, to the power 1 / gamma. */
  gamma: number;
  /** Recipe of the training, and version of igs. */
  recipe: string;
  igs: string;
  /** The sum of the channels of all layers. */
  channels: number;
  layers: Layer[];
  /** Centres in units of width and height; (0, 0) is the upper left corner. */
  x: Float32Array;
  y: Float32Array;
  /** Inverse standard deviations along the own axes of a splat, 1/px. */
  t1: Float32Array;
  t2: Float32Array;
  /** Angle of the first axis, radians. */
  angle: Float32Array;
  /** One array for each channel. */
  features: Float32Array[];
}

/** A picture of a stack. A plain picture has one layer. */
export interface Layer {
  name: string;
  channels: number;
  /** The last channel is alpha × √n/2 of n colours, and the others are colours over mid grey: colour × alpha + (1 − alpha)/2. */
  alpha: boolean;
  /** Its first channel among those of the model. */
  first: number;
  /** Bits a sample of the picture's file: 8, 16, or 32 for floats. */
  depth: number;
  /** The values of the samples 0 and 1. */
  low: number;
  high: number;
}

/** What of a model is drawn, and where. */
export interface View {
  /** The px of the training picture that is in the middle. */
  x: number;
  y: number;
  /** Px of the canvas to a px of the training picture. */
  zoom: number;
  /** Left, top, width and height in the canvas, px. The whole canvas is the default. */
  rect?: [number, number, number, number];
  /** The picture is the default. error is |picture − target| × 4; splats are ellipses of 1.5 σ; density is the number of ellipses at a pixel. */
  show?: 'picture' | 'splats' | 'density' | 'error' | 'target';
  /** Place in planes(model); 0 is the default. */
  plane?: number;
  /** The picture that the model was trained on, for error and target. */
  target?: ImageBitmap | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas;
}

/** Something that can be shown as a picture: a layer of 1 or 3 channels and perhaps alpha, or a channel of another layer. */
export interface Plane {
  name: string;
  layer: number;
  first: number;
  /** Without alpha. */
  channels: 1 | 3;
  /** The channel of alpha, if there is one. The picture is drawn over a checkerboard. */
  alpha?: number;
}

/** A file that is no model of igs, or that is damaged. The message is one sentence. */
export class ModelError extends Error {}

/** A browser that cannot draw the model. The message is one sentence. */
export class DrawError extends Error {}

/** Decodes a model file (.igsm). Throws a ModelError. The parameters have the same bits as in igs. */
export function decode(data: ArrayBuffer | Uint8Array): Model;

/** Draws a view of a model on a canvas, which must have no other context than WebGL 2. Throws a DrawError. */
export function draw(canvas: HTMLCanvasElement | OffscreenCanvas, model: Model, view: View): void;

/** Waits until the canvas shows what was drawn. */
export function drawn(canvas: HTMLCanvasElement | OffscreenCanvas): Promise<void>;

/** What can be drawn of a model. */
export function planes(model: Model): Plane[];

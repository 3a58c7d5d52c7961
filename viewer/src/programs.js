/** A browser that cannot draw. Its message is one sentence for the user. */
export class DrawError extends Error {
  name = 'DrawError';
}

/** A function that gives a value to a uniform of a program. A uniform that the program does not use is left alone. */
export function setter(gl, program) {
  const calls = { [gl.FLOAT]: 'uniform1f', [gl.FLOAT_VEC2]: 'uniform2fv', [gl.FLOAT_VEC3]: 'uniform3fv' }, uniforms = new Map();
  for (let i = 0; i < gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS); i++) {
    const { name, type } = gl.getActiveUniform(program, i);
    uniforms.set(name, { at: gl.getUniformLocation(program, name), call: calls[type] ?? 'uniform1i' });
  }
  return (name, value) => {
    const uniform = uniforms.get(name);
    if (uniform) gl[uniform.call](uniform.at, value);
  };
}

/** A program of two shaders. One that does not compile is a DrawError. */
export function linked(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) || gl.isContextLost()) return program;
  const logs = gl.getAttachedShaders(program).map((shader) => gl.getShaderInfoLog(shader)).join(' ') + gl.getProgramInfoLog(program);
  throw new DrawError(`The graphics driver of this browser cannot compile the shaders of the viewer: ${logs}`);
}

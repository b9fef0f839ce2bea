/** Writes units; each that stands for no character becomes U+FFFD. */
export const putUtf16 = (value, bytes, ptr) => {
  const text = value.toWellFormed ? value.toWellFormed() : value.replace(/\p{Surrogate}/gu, '\ufffd');
  const units = new Uint16Array(bytes.buffer, ptr, text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
};

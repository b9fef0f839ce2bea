export const putLatin1 = (value, bytes, ptr) => {
  for (let i = 0; i < value.length; i++) bytes[ptr + i] = value.charCodeAt(i);
};

export const payloadOf = (error) => {
  if (!(error instanceof Error)) return error;
  if (Object.hasOwn(error, 'payload')) return error.payload;
  throw error;
};

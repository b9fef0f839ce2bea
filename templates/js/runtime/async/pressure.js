const press = (part, by) => {
  part.backpressure += by;
  if (part.backpressure < 0 || part.backpressure > 0xffff) trap('backpressure counter overflow');
};

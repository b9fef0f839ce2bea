const stop = (part, kind, element, index, async) => {
  const end = find(part.handles, index, kind, element);
  if (end.state !== COPYING) {
    const what = isReader(end) ? 'read' : 'write';
    trap(`stream or future ${what} cancelled when no ${what} is pending`);
  }
  if (end.waited || (end.set && !async)) trap('waitable cannot be used synchronously while added to a waitable set');
  end.state = STOPPING;
  if (!end.event) notify(end, 0);
  return eventOf(end)[2];
};

/** Under it an object of an exported class has what the component knows it by; nothing once it is gone. */
export const rep = Symbol('rep');

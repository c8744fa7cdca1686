class Failure extends Error {}

throw new Failure("nobody catches this");

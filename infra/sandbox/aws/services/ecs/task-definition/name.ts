/** Names of families and containers. */
export const NAME = /^[a-zA-Z0-9_-]{1,255}$/;

// Where the gateway under test is, and the models behind it: by protocol of the provider.
export const url = process.env.GATEWAY_URL;
export const key = process.env.GATEWAY_KEY;
export const models = JSON.parse(process.env.GATEWAY_MODELS);

export const question = 'How did US states get their names?';

export const trip = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
};

// One red pixel.
export const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export const isTrip = value => typeof value.city === 'string' && Number.isInteger(value.days);

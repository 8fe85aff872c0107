namespace Gateflow.Gateway.Envelopes;

/// <summary>A piece of a request's body, bytes.</summary>
internal readonly record struct BodyRange(int Start, int Length);

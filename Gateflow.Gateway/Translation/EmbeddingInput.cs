namespace Gateflow.Gateway.Translation;

/// <summary>Texts that are to become vectors.</summary>
/// <param name="Texts">One vector is wanted of each; at least one.</param>
/// <param name="Dimensions">Length of the vectors; null for the model's own.</param>
/// <param name="Base64">Whether the caller wants them as base64 of 32-bit floats, little-endian, rather than as numbers.</param>
internal sealed record EmbeddingInput(IReadOnlyList<string> Texts, int? Dimensions, bool Base64);

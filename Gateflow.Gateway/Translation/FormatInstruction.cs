namespace Gateflow.Gateway.Translation;

/// <summary>The form of an answer told in words, where a model cannot be held to it.</summary>
internal static class FormatInstruction
{
    private const string Json = "Answer with one JSON object and nothing else: no other words, no code fence.";

    /// <summary>What the model must be told, noted as such.</summary>
    public static string Of(ResponseFormat format, ShimNotes notes)
    {
        notes.Mapped("response_format", "instruction");
        return format is { Kind: FormatKind.Schema, Schema: { } schema } ? $"{Json} The object must be valid against this JSON schema: {schema.GetRawText()}" : Json;
    }
}

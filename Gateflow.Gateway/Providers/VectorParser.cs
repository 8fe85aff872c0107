using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers;

/// <summary>Reads an answer that is vectors; no provider streams them.</summary>
/// <param name="vectors">The arrays of numbers of an answer, in the order of the texts.</param>
/// <param name="tokens">Tokens of the texts; null where the provider does not tell them.</param>
/// <param name="losesUnit"><see cref="VectorPart.LosesUnit"/>.</param>
internal sealed class VectorParser(Func<JsonElement, IEnumerable<JsonElement?>> vectors, Func<JsonElement, int?> tokens, bool losesUnit = false) : IAnswerParser
{
    public bool TryReadEvent(ReadOnlySpan<byte> data, string? name, List<AnswerPart> parts) => false;

    public bool TryReadWhole(ReadOnlySpan<byte> json, List<AnswerPart> parts)
    {
        if (AnswerElement.Parse(json) is not { } answer)
        {
            return false;
        }

        var any = false;
        foreach (var numbers in vectors(answer))
        {
            if (Read(numbers) is not { } vector)
            {
                return false;
            }

            parts.Add(new VectorPart(vector) { LosesUnit = losesUnit });
            any = true;
        }

        if (any && tokens(answer) is { } count)
        {
            parts.Add(new Counted(count, null, null, 0, null));
        }

        return any;
    }

    private static float[]? Read(JsonElement? numbers)
    {
        if (numbers is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() == 0)
        {
            return null;
        }

        var (values, at) = (new float[array.GetArrayLength()], 0);
        foreach (var number in array.EnumerateArray())
        {
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetSingle(out var value) || !float.IsFinite(value))
            {
                return null;
            }

            values[at++] = value;
        }

        return values;
    }
}

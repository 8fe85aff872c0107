using System.Buffers;
using System.Text.Json;

namespace Gateflow.Gateway.Envelopes;

/// <summary>The ids by which calls of tools find their results. Each provider gives them a form of its own, and some refuse others'.</summary>
internal static class CallIds
{
    private const int MistralLength = 9, MaxInChat = 40, MaxInResponses = 64;

    private static readonly SearchValues<byte> LettersAndDigits = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8);
    private static readonly SearchValues<byte> Usual = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    /// <summary>Notes the id at which the reader stands, and reads it whole.</summary>
    public static void Note(ref Utf8JsonReader reader, Envelope envelope)
    {
        envelope.CallIds |= reader.TokenType == JsonTokenType.String ? FaultsOf(reader.ValueSpan) : CallIdFaults.None;
        reader.Skip();
    }

    /// <summary>What some provider would refuse of an id.</summary>
    /// <param name="id">UTF-8; with escapes, which no usual id has, it is taken for longer and odd.</param>
    public static CallIdFaults FaultsOf(ReadOnlySpan<byte> id) =>
        (id.Length == MistralLength && !id.ContainsAnyExcept(LettersAndDigits) ? CallIdFaults.None : CallIdFaults.NotNine)
        | (id.Length > MaxInChat ? CallIdFaults.Long : CallIdFaults.None)
        | (id.Length > MaxInResponses ? CallIdFaults.VeryLong : CallIdFaults.None)
        | (id.IsEmpty || id.ContainsAnyExcept(Usual) ? CallIdFaults.Odd : CallIdFaults.None);
}

/// <summary>What some providers refuse of a call's id.</summary>
[Flags]
internal enum CallIdFaults : byte
{
    None = 0,

    /// <summary>It is not nine letters and digits, as Mistral demands.</summary>
    NotNine = 1,

    /// <summary>It has more than the 40 characters of OpenAI's chat completions.</summary>
    Long = 2,

    /// <summary>It has more than the 64 characters of OpenAI's Responses.</summary>
    VeryLong = 4,

    /// <summary>It has other characters than the letters, digits, _ and - that Anthropic takes.</summary>
    Odd = 8,
}

using System.Buffers.Binary;
using System.Text;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.Gemini;

/// <summary>What a call carries so that the model finds its thought again.</summary>
internal static class ThoughtSignature
{
    // Google documents two values for calls that another model made.
    private static readonly string[] Accepted = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

    public static string Of(string function)
    {
        Span<byte> bytes = stackalloc byte[24];
        for (var word = 0; word < 3; word++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes[(word * 8)..], StableHash.Of(function, (ulong)word + 0x67));
        }

        return Convert.ToBase64String(bytes);
    }

    public static bool Fits(string signature, string function) =>
        signature == Of(function) || Accepted.Contains(signature)
        || Accepted.Any(value => signature == Convert.ToBase64String(Encoding.UTF8.GetBytes(value)));
}

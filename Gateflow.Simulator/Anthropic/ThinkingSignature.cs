using System.Buffers.Binary;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.Anthropic;

/// <summary>Signs a thought, so that one which was changed on the way, or made up, is noticed when it comes back.</summary>
internal static class ThinkingSignature
{
    public static string Of(string thought)
    {
        Span<byte> bytes = stackalloc byte[48];
        for (var word = 0; word < 6; word++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes[(word * 8)..], StableHash.Of(thought, (ulong)word + 0x51));
        }

        return Convert.ToBase64String(bytes);
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using Gateflow.Core.Rollout;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>
/// Tokens by which this process claims messages: eight bytes that stand for its node, four for this run, four for the claim. So a node that is started
/// again knows which claims were its own.
/// </summary>
/// <param name="node">The node's name, the same after a restart.</param>
internal sealed class ClaimTokens(string node)
{
    private const int Size = 16;

    private readonly ulong _node = StableHash.Of(node);
    private readonly uint _run = BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(sizeof(uint)));
    private uint _claims;

    public Guid Next()
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, _node);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], _run);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Interlocked.Increment(ref _claims));
        return new Guid(bytes);
    }

    /// <summary>True for a claim of the same node that this process did not make.</summary>
    public bool IsOfAnEarlierRun(Guid claim)
    {
        Span<byte> bytes = stackalloc byte[Size];
        claim.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) == _node && BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) != _run;
    }
}

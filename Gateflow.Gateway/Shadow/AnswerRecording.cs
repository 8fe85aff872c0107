using Gateflow.Gateway.Envelopes;

namespace Gateflow.Gateway.Shadow;

/// <summary>The bytes of an answer as a provider sent them, kept in memory to be compared with another model's; none of one that is too long.</summary>
internal sealed class AnswerRecording : IDisposable
{
    /// <summary>Longest answer that is kept, bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int Beginning = 2 * 1024;

    /// <summary>What was kept.</summary>
    public PooledBody Bytes { get; } = new(Beginning);

    /// <summary>False when the answer outgrew <see cref="MaxBytes"/>.</summary>
    public bool IsWhole { get; private set; } = true;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        IsWhole &= Bytes.Length + bytes.Length <= MaxBytes;
        if (IsWhole)
        {
            Bytes.Append(bytes);
        }
    }

    public void Dispose() => Bytes.Dispose();
}

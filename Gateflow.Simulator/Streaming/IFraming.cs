using System.Buffers;

namespace Gateflow.Simulator.Streaming;

/// <summary>How events become bytes. One instance a stream.</summary>
internal interface IFraming
{
    string ContentType { get; }

    /// <returns>Bytes written.</returns>
    int Write(IBufferWriter<byte> pipe, in StreamEvent item);

    /// <summary>Writes what stands behind the last event.</summary>
    void WriteEnd(IBufferWriter<byte> pipe)
    {
    }

    /// <summary>Writes an event that no reader can parse.</summary>
    void WriteMalformed(IBufferWriter<byte> pipe);
}

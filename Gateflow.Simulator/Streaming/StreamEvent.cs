using System.Text.Json;

namespace Gateflow.Simulator.Streaming;

/// <summary>One event of a streamed answer.</summary>
/// <param name="Name">As the protocol calls it.</param>
/// <param name="Write">Writes the fields of its object.</param>
/// <param name="Characters">Of the answer, carried by this event; they set the pace.</param>
internal readonly record struct StreamEvent(string Name, Action<Utf8JsonWriter> Write, int Characters = 0);

/// <summary>A whole streamed answer, produced as it is sent.</summary>
/// <param name="Events">In order, the closing ones included.</param>
/// <param name="Characters">Of the answer, over all events.</param>
/// <param name="Failure">What the protocol sends when a stream fails on the provider's side.</param>
internal sealed record StreamScript(IEnumerable<StreamEvent> Events, int Characters, StreamEvent Failure);

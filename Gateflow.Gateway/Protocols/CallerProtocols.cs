using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Protocols.Embeddings;
using Gateflow.Gateway.Protocols.Messages;
using Gateflow.Gateway.Protocols.Responses;

namespace Gateflow.Gateway.Protocols;

/// <summary>The protocols that are spoken with callers.</summary>
internal static class CallerProtocols
{
    public static readonly ICallerProtocol Chat = new ChatProtocol();
    public static readonly ICallerProtocol Messages = new MessagesProtocol();
    public static readonly ICallerProtocol Embeddings = new EmbeddingsProtocol();
    public static readonly ICallerProtocol Responses = new ResponsesProtocol();
}

using Gateflow.Core.Catalog;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Compatibility;

/// <summary>An address at which callers ask for models.</summary>
/// <param name="Path">"/v1/responses".</param>
/// <param name="Flag">What requests that came by it are counted under.</param>
public sealed record ApiPath(string Path, Capabilities Flag)
{
    /// <summary>Those whose requests are counted on their own. None of them is a capability of a model.</summary>
    public const Capabilities Flags = Capabilities.ResponsesApi | Capabilities.MessagesApi;

    public static readonly ApiPath Chat = new("/v1/chat/completions", Capabilities.Chat);
    public static readonly ApiPath Responses = new("/v1/responses", Capabilities.ResponsesApi);
    public static readonly ApiPath Messages = new("/v1/messages", Capabilities.MessagesApi);
    public static readonly ApiPath Embeddings = new("/v1/embeddings", Capabilities.Embeddings);

    /// <summary>The requests that came by it; null when they were not counted. Chat's are those that came by no other path.</summary>
    public long? Requests(UsageAnalysis usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return Flag == Capabilities.Chat && usage.RequestsUsing(Flag) is { } all
            ? all - (usage.RequestsUsing(Capabilities.ResponsesApi) ?? 0) - (usage.RequestsUsing(Capabilities.MessagesApi) ?? 0)
            : usage.RequestsUsing(Flag);
    }
}

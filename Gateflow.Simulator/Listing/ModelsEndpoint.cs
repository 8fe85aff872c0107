using Gateflow.Simulator.Anthropic;
using Gateflow.Simulator.Behaviours;
using Gateflow.Simulator.Control;
using Gateflow.Simulator.OpenAI;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Listing;

/// <summary>
/// The models that were set and exist; others may be asked for all the same while the default says that they exist. OpenAI and
/// Anthropic share the path; whoever sends <c>anthropic-version</c> speaks Anthropic's protocol.
/// </summary>
internal static class ModelsEndpoint
{
    public static void MapModels(this RouteGroupBuilder protocol)
    {
        protocol.MapGet("/v1/models", ListAsync);
        protocol.MapGet("/v1/models/{**id}", GetAsync);
    }

    private static Task ListAsync(HttpContext context, OpenAIDialect openAI, AnthropicDialect anthropic, BehaviourTable table)
    {
        var ids = table.All.Where(entry => entry.Behaviour.Exists).Select(entry => entry.Id).ToList();
        return IsAnthropic(context)
            ? AnswerAsync(context, anthropic, () => AnthropicModels.Page(context.Request.Query, ids))
            : AnswerAsync(context, openAI, () => (OpenAIModels.List(ids), null));
    }

    private static Task GetAsync(string id, HttpContext context, OpenAIDialect openAI, AnthropicDialect anthropic, BehaviourTable table)
    {
        var entry = table.Find(ModelId.FromRoute(id));
        var exists = entry.Behaviour.Exists;
        return IsAnthropic(context)
            ? AnswerAsync(context, anthropic, () => exists ? (AnthropicModels.Shown(entry.Id), null) : (null, anthropic.NoSuchModel(entry.Id)))
            : AnswerAsync(context, openAI, () => exists ? (OpenAIModels.Shown(entry.Id), null) : (null, openAI.NoSuchModel(entry.Id)));
    }

    private static bool IsAnthropic(HttpContext context) => context.Request.Headers.ContainsKey(AnthropicDialect.VersionHeader);

    private static Task AnswerAsync(HttpContext context, IDialect dialect, Func<(object? Answer, IRefusal? Refusal)> answer)
    {
        dialect.Stamp(context.Response);
        if (dialect.Unauthorised(context, []) is { } unauthorised)
        {
            return unauthorised.WriteAsync(context);
        }

        var (shown, refusal) = answer();
        return refusal?.WriteAsync(context)
            ?? context.Response.WriteAsJsonAsync(shown, SimulatorJson.Options, context.RequestAborted);
    }
}

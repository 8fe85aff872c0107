namespace Gateflow.Simulator.Anthropic;

internal static class AnthropicEndpoints
{
    public static void MapAnthropic(this RouteGroupBuilder protocol)
    {
        protocol.MapPost("/v1/messages", MessagesEndpoint.CreateAsync);
        protocol.MapPost("/v1/messages/count_tokens", MessagesEndpoint.CountAsync);
    }
}

using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Anthropic;
using Gateflow.Simulator.Azure;
using Gateflow.Simulator.Bedrock;
using Gateflow.Simulator.Behaviours;
using Gateflow.Simulator.Control;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Gemini;
using Gateflow.Simulator.Listing;
using Gateflow.Simulator.OpenAI;
using Gateflow.Simulator.Requests;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gateflow.Simulator;

/// <summary>Puts a stand-in LLM provider into an application: <c>services.AddSimulator(…)</c>, then <c>app.MapSimulator("/simulator")</c>.</summary>
public static class SimulatorHosting
{
    /// <summary>Registers the simulator; one per application. Invalid options stop the start with every fault listed.</summary>
    public static IServiceCollection AddSimulator(this IServiceCollection services, Action<SimulatorOptions>? configure = null)
    {
        var options = services.AddOptions<SimulatorOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SimulatorOptions>, SimulatorOptionsRules>());
        services.AddSingleton<SimulatorClock>();
        services.AddSingleton<RecordedAnswerFiles>();
        services.AddSingleton<BehaviourTable>();
        services.AddSingleton<RequestLog>();
        services.AddSingleton<Turns>();
        services.AddSingleton<PromptCache>();
        services.AddSingleton<ResponseStore>();
        services.AddSingleton<Intake>();
        services.AddSingleton<OpenAIDialect>();
        services.AddSingleton<AnthropicDialect>();
        services.AddSingleton<AzureDialect>();
        services.AddSingleton<BedrockDialect>();
        services.AddSingleton<GeminiDialect>();
        services.AddSingleton<VertexDialect>();
        return services;
    }

    /// <summary>Maps the paths of every protocol (<c>{prefix}/v1/*</c> and so on) and <c>{prefix}/control/*</c>.</summary>
    /// <returns>Both groups, so that the host can guard one without the other: <c>MapSimulator("/simulator").Control.RequireAuthorization(…)</c>.</returns>
    public static SimulatorRoutes MapSimulator(this IEndpointRouteBuilder app, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(app);
        app.ServiceProvider.GetRequiredService<BehaviourTable>().Reset();

        var protocol = app.MapGroup(prefix).ExcludeFromDescription();
        protocol.AddEndpointFilter(ForgiveHangUpAsync);
        protocol.MapOpenAI();
        protocol.MapAzure();
        protocol.MapAnthropic();
        protocol.MapBedrock();
        protocol.MapGemini();
        protocol.MapModels();

        var control = app.MapGroup(prefix + "/control").ExcludeFromDescription();
        control.MapControl();
        return new SimulatorRoutes { Protocol = protocol, Control = control };
    }

    private static async ValueTask<object?> ForgiveHangUpAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        try
        {
            return await next(call);
        }
        catch (OperationCanceledException) when (call.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }
    }
}

/// <summary>The two halves of a mounted simulator.</summary>
public sealed record SimulatorRoutes
{
    /// <summary>What applications call, as <c>/v1/*</c>, guarded by <see cref="SimulatorOptions.ApiKey"/> at most.</summary>
    public required RouteGroupBuilder Protocol { get; init; }

    /// <summary>What tests and the demo set: <c>/control/*</c>, unguarded unless the host adds a policy.</summary>
    public required RouteGroupBuilder Control { get; init; }
}

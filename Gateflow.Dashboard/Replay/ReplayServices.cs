using FluentValidation;
using Gateflow.Core.Fleet;
using Gateflow.Core.Replay;
using Gateflow.Dashboard.Composition;
using Gateflow.Gateway.Outbound;
using Gateflow.Gateway.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>Registers the wizard's step "test".</summary>
public static class ReplayServices
{
    public static IServiceCollection AddReplay(this IServiceCollection services, NodeRoles roles)
    {
        services.AddSingleton(new ReplayOptions());
        services.AddSingleton<IValidator<ReplayRequest>, ReplayRequestValidator>();
        services.AddOutbound();
        services.AddSingleton<DirectFormat>();
        services.AddSingleton<ReplayClient>();
        services.AddSingleton<EmbeddingCache>();
        services.AddSingleton<SimilarityFactory>();
        services.AddSingleton<ReplayJudge>();
        services.AddSingleton<ReplayCrew>();
        services.AddSingleton<ReplayPlanner>();
        services.AddSingleton<ReplayStore>();
        services.AddSingleton<DatabasePatience>();
        services.AddSingleton<PaidWork>();
        services.AddSingleton<ReplayRun>();
        services.AddSingleton<ReplayReader>();
        services.AddSingleton<PairReader>();
        services.AddSingleton<ReplayModels>();
        services.AddSingleton(sp => new ReplayEstimates(sp.GetRequiredService<ReplayPlanner>()));
        services.AddSingleton(sp => new ReplayRunner(
            sp.GetRequiredService<ReplayPlanner>(), sp.GetRequiredService<ReplayRun>(), sp.GetRequiredService<ReplayStore>(), sp.GetRequiredService<DatabasePatience>(),
            sp.GetRequiredService<SimilarityFactory>(), sp.GetRequiredService<ReplayJudge>(), sp.GetRequiredService<ReplayOptions>(), sp.GetRequiredService<ILogger<ReplayRunner>>()));
        return !roles.HasFlag(NodeRoles.Dashboard) ? services : services.AddHostedService(sp => sp.GetRequiredService<ReplayRunner>())
            .Every("Looking for tests that nobody runs", TimeSpan.FromMinutes(1), sp => sp.GetRequiredService<ReplayRunner>().RunOnceAsync);
    }
}

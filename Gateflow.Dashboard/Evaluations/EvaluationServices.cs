using FluentValidation;
using Gateflow.Core.Fleet;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Replay;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>What evaluations register.</summary>
public static class EvaluationServices
{
    public static IServiceCollection AddEvaluations(this IServiceCollection services, NodeRoles roles)
    {
        services.AddSingleton<IValidator<EvaluationRequest>, EvaluationRequestValidator>();
        services.AddSingleton<EvaluationPlanner>();
        services.AddSingleton<EvaluationScoring>();
        services.AddSingleton<EvaluationStore>();
        services.AddSingleton<EvaluationRun>();
        services.AddSingleton(sp => new EvaluationReader(sp.GetRequiredService<IDbContextFactory<GateflowDb>>(), sp.GetRequiredService<DatasetTexts>()));
        services.AddSingleton(sp => new EvaluationRunner(
            sp.GetRequiredService<EvaluationPlanner>(), sp.GetRequiredService<EvaluationRun>(), sp.GetRequiredService<EvaluationScoring>(), sp.GetRequiredService<EvaluationStore>(), sp.GetRequiredService<DatabasePatience>(),
            sp.GetRequiredService<ReplayOptions>(), sp.GetRequiredService<ILogger<EvaluationRunner>>()));
        return !roles.HasFlag(NodeRoles.Dashboard) ? services : services.AddHostedService(sp => sp.GetRequiredService<EvaluationRunner>())
            .Every("Looking for evaluations that nobody runs", TimeSpan.FromMinutes(1), sp => sp.GetRequiredService<EvaluationRunner>().RunOnceAsync);
    }
}

using FluentValidation;

namespace Gateflow.Dashboard.Plans;

/// <summary>Registers what plans need.</summary>
internal static class PlanServices
{
    public static IServiceCollection AddPlans(this IServiceCollection services)
    {
        services.AddSingleton<IValidator<PlanFields>, PlanFieldsValidator>();
        services.AddSingleton<PlanReader>();
        return services.AddSingleton<PlanBook>();
    }
}

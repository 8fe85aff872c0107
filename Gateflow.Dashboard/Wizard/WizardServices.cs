namespace Gateflow.Dashboard.Wizard;

/// <summary>Registers what the wizard's pages read.</summary>
public static class WizardServices
{
    public static IServiceCollection AddWizard(this IServiceCollection services)
    {
        services.AddSingleton<WizardReader>();
        services.AddSingleton<SourceChoices>();
        return services;
    }
}

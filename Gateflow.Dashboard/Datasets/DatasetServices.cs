using FluentValidation;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Datasets;

/// <summary>What datasets register.</summary>
public static class DatasetServices
{
    public static IServiceCollection AddDatasets(this IServiceCollection services)
    {
        services.AddSingleton<IValidator<CreateDataset>, CreateDatasetValidator>();
        services.AddSingleton<DatasetTexts>();
        services.AddSingleton<DatasetWriter>();
        services.AddSingleton<DatasetUpload>();
        services.AddSingleton<DatasetSources>();
        return services.AddSingleton(sp => new DatasetBook(
            sp.GetRequiredService<IDbContextFactory<GateflowDb>>(), sp.GetRequiredService<DatasetTexts>(), sp.GetRequiredService<DatasetSources>(), sp.GetRequiredService<DatasetWriter>(),
            sp.GetRequiredService<DatasetUpload>(), sp.GetRequiredService<IValidator<CreateDataset>>(), sp.GetRequiredService<TimeProvider>(), sp.GetRequiredService<ILogger<DatasetBook>>()));
    }
}

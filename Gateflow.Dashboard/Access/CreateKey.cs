using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Limits;

namespace Gateflow.Dashboard.Access;

/// <summary>What may be changed of a key: PATCH /api-keys/{id}.</summary>
public record KeyFields
{
    public string? Name { get; init; }

    public string? Feature { get; init; }

    public IReadOnlyList<string>? AllowedModels { get; init; }

    /// <summary>How much the key may ask for; null for no limit.</summary>
    public KeyLimits? RateLimits { get; init; }

    /// <summary>Addresses and networks that the key may be used from; null or empty for all.</summary>
    public IReadOnlyList<string>? AllowedIps { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>POST /api-keys.</summary>
public sealed record CreateKey : KeyFields
{
    public KeyType Type { get; init; } = KeyType.Prod;

    /// <summary>What the key may do; by default admin for the type admin, else application.</summary>
    public Role? Role { get; init; }
}

/// <summary>The rules of a new or changed key, the same for the API and the page.</summary>
public sealed class CreateKeyValidator : AbstractValidator<CreateKey>
{
    private const int MostModels = 500;
    private const int MostAddresses = 200;

    public CreateKeyValidator(TimeProvider clock)
    {
        RuleFor(k => k.Name).NotEmpty().WithMessage("name is required: it says which application the key is for.")
            .MaximumLength(200).WithMessage("name may have at most 200 characters.");
        RuleFor(k => k.Feature).MaximumLength(100).WithMessage("feature may have at most 100 characters.");
        RuleFor(k => k.AllowedModels).Must(m => m!.Count <= MostModels).When(k => k.AllowedModels is not null)
            .WithMessage($"allowed_models may name at most {MostModels} models.");
        RuleForEach(k => k.AllowedModels).NotEmpty().WithMessage("allowed_models must be names of models.")
            .MaximumLength(200).WithMessage("a name in allowed_models may have at most 200 characters.");
        RuleFor(k => k.RateLimits!).SetValidator(new KeyLimitsValidator()).When(k => k.RateLimits is not null);
        RuleFor(k => k.AllowedIps).Must(a => a!.Count <= MostAddresses).When(k => k.AllowedIps is not null)
            .WithMessage($"allowed_ips may name at most {MostAddresses} addresses and networks.");
        RuleForEach(k => k.AllowedIps).Must(AddressRanges.IsValid)
            .WithMessage("'{PropertyValue}' is no address or network; write e.g. 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32.");
        RuleFor(k => k.ExpiresAt).GreaterThan(_ => clock.GetUtcNow()).When(k => k.ExpiresAt is not null).WithMessage("expires_at must lie in the future.");
    }
}

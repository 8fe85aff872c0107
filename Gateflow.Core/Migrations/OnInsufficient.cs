namespace Gateflow.Core.Migrations;

/// <summary>What happens when a step's time is over and its evidence does not suffice.</summary>
public enum OnInsufficient
{
    Hold,
    AdvanceWithWarning,
}
